# SPDX-License-Identifier: Apache-2.0
# cmake -P: each backend has its definition, and what is no backend stops the configuration with a list of all of them.
cmake_minimum_required(VERSION 3.23)

include(${CMAKE_CURRENT_LIST_DIR}/../../cmake/backend.cmake)

if(DEFINED TRY)  # this script, run by itself
  unitee_backend_definition("${TRY}" definition)
  return()
endif()

function(expect backend wanted)
  unitee_backend_definition(${backend} definition)
  if(NOT definition STREQUAL wanted)
    message(SEND_ERROR "${backend} is ${definition}, not ${wanted}")
  endif()
endfunction()
expect(auto "")
expect(sev-guest UNITEE_BACKEND_SEV_GUEST)
expect(tdx-guest UNITEE_BACKEND_TDX_GUEST)
expect(configfs-sev-guest UNITEE_BACKEND_CONFIGFS_SEV_GUEST)
expect(configfs-tdx-guest UNITEE_BACKEND_CONFIGFS_TDX_GUEST)
expect(insecure-simulated-snp UNITEE_BACKEND_INSECURE_SIMULATED_SNP)
expect(insecure-simulated-td UNITEE_BACKEND_INSECURE_SIMULATED_TD)

# The header knows the definitions, and Conan the names.
foreach(backend IN LISTS unitee_backends)
  unitee_backend_definition(${backend} definition)
  file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/../../include/unitee/this_guest.hpp known REGEX "defined\\(${definition}\\)$")
  if(definition AND NOT known)
    message(SEND_ERROR "this_guest.hpp does not know ${definition}")
  endif()
  file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/../../conanfile.py known REGEX "\"${backend}\"")
  if(NOT known)
    message(SEND_ERROR "conanfile.py does not know ${backend}")
  endif()
endforeach()

# CMake breaks long messages into lines.
foreach(wrong "" "sev" "SEV-GUEST" "sev_guest" "sev-guest;tdx-guest" "simulated-snp")
  execute_process(COMMAND ${CMAKE_COMMAND} "-DTRY=${wrong}" -P ${CMAKE_CURRENT_LIST_FILE} RESULT_VARIABLE status
    OUTPUT_QUIET ERROR_VARIABLE said)
  string(REGEX REPLACE "[ \n]+" " " said "${said}")
  list(JOIN unitee_backends ", " all)
  string(FIND "${said}" "UNITEE_BACKEND is \"${wrong}\"; it must be one of: ${all}" at)
  if(status EQUAL 0 OR at LESS 0)
    message(SEND_ERROR "of \"${wrong}\" is said: ${said}")
  endif()
endforeach()
