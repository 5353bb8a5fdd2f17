# SPDX-License-Identifier: Apache-2.0
# Every header compiles alone, with and without exceptions; and two files that include everything link into one program.

unitee_require_json()
set(UNITEE_TEST_HEADERS "exceptions;no-exceptions" CACHE STRING "How every header is compiled alone; either may be left out")

set(everything "#pragma once\n")
set(alone "")
set(header_names "")  # as they are included; tidy.cmake reads them, too
foreach(header IN LISTS unitee_headers unitee_json_headers)
  if(header MATCHES "/crypto/ipsec_mb\\.hpp$" AND NOT UNITEE_WITH_IPSEC_MB)
    continue()  # it needs Intel's library
  endif()
  cmake_path(RELATIVE_PATH header BASE_DIRECTORY ${PROJECT_SOURCE_DIR}/include)
  list(APPEND header_names ${header})
  string(APPEND everything "#include <${header}>\n")
  # Twice, so that the include guard is seen to work.
  file(CONFIGURE OUTPUT alone/${header}.cpp CONTENT "#include <${header}>\n#include <${header}>\n")
  list(APPEND alone ${CMAKE_CURRENT_BINARY_DIR}/alone/${header}.cpp)
endforeach()
file(CONFIGURE OUTPUT everything/everything.hpp CONTENT "${everything}")

# Objects that nobody links or runs: whatever costs time and finds nothing is off.
function(unitee_compile_alone target)
  add_library(${target} OBJECT ${alone})
  unitee_own(${target})
  target_link_libraries(${target} PRIVATE unitee::json)
  target_compile_options(${target} PRIVATE -O0 -g0 -fno-sanitize=all ${ARGN})
endfunction()
set(modes "")
if("exceptions" IN_LIST UNITEE_TEST_HEADERS AND UNITEE_HAVE_EXCEPTIONS)
  list(APPEND modes unitee_headers)
  unitee_compile_alone(unitee_headers)
endif()
if("no-exceptions" IN_LIST UNITEE_TEST_HEADERS)
  list(APPEND modes unitee_headers_no_exceptions)
  unitee_compile_alone(unitee_headers_no_exceptions -fno-exceptions -fno-rtti)
endif()

add_executable(unitee_link link/main.cpp link/other.cpp)
unitee_own(unitee_link)
target_link_libraries(unitee_link PRIVATE unitee::json)
target_include_directories(unitee_link PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/everything)
set_source_files_properties(link/other.cpp PROPERTIES COMPILE_OPTIONS "-fno-exceptions;-fno-rtti;-DNDEBUG;-O2")

# The compilation is the test; these entries give it a name and say so when it was left out of the build.
foreach(target IN LISTS modes)
  add_test(NAME ${target} COMMAND ${CMAKE_COMMAND} --build ${PROJECT_BINARY_DIR} --target ${target})
  set_tests_properties(${target} PROPERTIES RESOURCE_LOCK unitee_build)
endforeach()
add_test(NAME unitee_link COMMAND unitee_link)
