# SPDX-License-Identifier: Apache-2.0
# The library as others use it: as a subproject (twice) and as an installed package. Each builds program.cpp and runs it.

set(here ${CMAKE_CURRENT_LIST_DIR})
set(there ${CMAKE_CURRENT_BINARY_DIR}/consume)

# unitee_consume(<name> <project> <option>...): configures, builds and tries one project from scratch.
function(unitee_consume name project)
  add_test(NAME consume/${name} COMMAND ${CMAKE_COMMAND}
    -D PROJECT=${here}/${project} -D BUILD=${there}/${name} -D GENERATOR=${CMAKE_GENERATOR}
    -D "OPTIONS=-DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER};-DCMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS};${ARGN}" -P ${here}/try.cmake)
endfunction()

unitee_consume(add_subdirectory subproject -DUNITEE_TRY=add_subdirectory -DUNITEE_TRY_SOURCE=${PROJECT_SOURCE_DIR})
unitee_consume(fetch_content subproject -DUNITEE_TRY=FetchContent -DFETCHCONTENT_SOURCE_DIR_UNITEE=${PROJECT_SOURCE_DIR}
  -DTRY_BACKEND=configfs-tdx-guest)

# What UNITEE_BACKEND may be, and what is said of anything else.
add_test(NAME consume/backend COMMAND ${CMAKE_COMMAND} -P ${here}/backend.cmake)

# The installed package needs what this build installs.
add_test(NAME consume/install COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --prefix ${there}/prefix)
set_tests_properties(consume/install PROPERTIES FIXTURES_SETUP unitee_installed)
unitee_consume(find_package installed -DCMAKE_PREFIX_PATH=${there}/prefix -DUNITEE_TRY_VERSION=${PROJECT_VERSION}
  -DTRY_BACKEND=configfs-sev-guest)
set_tests_properties(consume/find_package PROPERTIES FIXTURES_REQUIRED unitee_installed)
