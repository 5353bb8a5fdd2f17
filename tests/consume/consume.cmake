# SPDX-License-Identifier: Apache-2.0
# The library as others use it: inside of another project, as an installed package, by pkg-config, and as a single header;
# each by GCC and by Clang, as C++20 and C++23, with and without exceptions and RTTI. tests/package/ does the same by Conan.

set(here ${CMAKE_CURRENT_LIST_DIR})
set(there ${CMAKE_CURRENT_BINARY_DIR}/consume)
set(UNITEE_TEST_CONSUMERS ON CACHE BOOL "Build programs that use the library as others do")

# What UNITEE_BACKEND may be, and what is said of anything else; what a project must not see of a subproject.
add_test(NAME consume/backend COMMAND ${CMAKE_COMMAND} -P ${here}/backend.cmake)
add_test(NAME consume/planted COMMAND ${CMAKE_COMMAND}
  -D BUILD=${there}/planted -D GENERATOR=${CMAKE_GENERATOR} -P ${here}/planted.cmake)

# The installed package needs what this build installs. It is moved: where it was installed to must not matter.
add_test(NAME consume/install COMMAND ${CMAKE_COMMAND} -D BUILD=${PROJECT_BINARY_DIR} -D FIRST=${there}/first
  -D PREFIX=${there}/prefix -P ${here}/install.cmake)
set_tests_properties(consume/install PROPERTIES FIXTURES_SETUP unitee_installed)
if(NOT UNITEE_TEST_CONSUMERS)
  return()
endif()

# A compiler that is not there is a reason to skip, and in CI to fail. Both have the system's libraries.
set(compilers g++ clang++-14)

# unitee_consume(<name> <project> <option>...): configures, builds and tries one project from scratch with each compiler.
function(unitee_consume name project)
  foreach(compiler IN LISTS compilers)
    add_test(NAME consume/${name}/${compiler} COMMAND ${CMAKE_COMMAND}
      -D PROJECT=${here}/${project} -D BUILD=${there}/${name}/${compiler} -D COMPILER=${compiler}
      -D GENERATOR=${CMAKE_GENERATOR} -D "OPTIONS=${ARGN}" -P ${here}/try.cmake)
    set_tests_properties(consume/${name}/${compiler} PROPERTIES
      SKIP_REGULAR_EXPRESSION "^skipped: there is no" PROCESSORS 2)
  endforeach()
endfunction()

unitee_consume(add_subdirectory subproject -DTRY_SOURCE=${PROJECT_SOURCE_DIR} -DTRY_FINDS=ON -DTRY_JSON=ON)
unitee_consume(fetch_content subproject -DFETCHCONTENT_SOURCE_DIR_UNITEE=${PROJECT_SOURCE_DIR} -DTRY_FINDS=OFF
  -DTRY_BACKEND=configfs-tdx-guest)

set(definitions "")
if(UNITEE_WITH_IPSEC_MB)
  set(definitions ${unitee_ipsec_mb_definition})
endif()
unitee_consume(find_package installed -DCMAKE_PREFIX_PATH=${there}/prefix -DTRY_VERSION=${PROJECT_VERSION}
  -DTRY_BACKEND=configfs-sev-guest -DTRY_JSON=ON -DTRY_DEFINITIONS=${definitions})
foreach(compiler IN LISTS compilers)
  add_test(NAME consume/pkg_config/${compiler} COMMAND Python3::Interpreter -B ${here}/pkg_config.py ${compiler}
    ${CMAKE_COMMAND} ${PROJECT_SOURCE_DIR} ${there}/prefix ${PROJECT_VERSION} ${there}/pkg_config/${compiler})
  set_tests_properties(consume/pkg_config/${compiler} PROPERTIES SKIP_RETURN_CODE 77)
  set_tests_properties(consume/find_package/${compiler} consume/pkg_config/${compiler} PROPERTIES
    FIXTURES_REQUIRED unitee_installed)
endforeach()

# What README.md says to those who use the library.
add_test(NAME consume/readme COMMAND Python3::Interpreter -B ${here}/readme.py ${CMAKE_COMMAND} ${PROJECT_SOURCE_DIR}
  ${there}/prefix ${there}/readme)
set_tests_properties(consume/readme PROPERTIES FIXTURES_REQUIRED unitee_installed)

# The headers that are installed are those that are promised.
add_test(NAME consume/headers COMMAND Python3::Interpreter -B ${here}/headers.py ${CMAKE_CXX_COMPILER} ${there}/prefix
  ${there}/headers)
set_tests_properties(consume/headers PROPERTIES FIXTURES_REQUIRED unitee_installed)

# The library as one header.
set(library "")
if(UNITEE_WITH_IPSEC_MB)
  set(library ${UNITEE_IPSEC_MB_LIBRARY})
endif()
foreach(compiler IN LISTS compilers)
  add_test(NAME consume/single/${compiler} COMMAND Python3::Interpreter -B ${here}/single.py ${compiler}
    ${PROJECT_SOURCE_DIR} ${there}/single/${compiler} ${library})
  set_tests_properties(consume/single/${compiler} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
