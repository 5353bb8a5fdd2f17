# SPDX-License-Identifier: Apache-2.0
# The checks of .clang-tidy over every public header. Where there is no clang-tidy 14 there is no such test; .ci/run asks
# for it by its label.

find_program(UNITEE_CLANG_TIDY clang-tidy-14)
if(NOT UNITEE_CLANG_TIDY)
  return()
endif()

# Two files, so that two processors have something to do.
set(tidy_inner "")
set(tidy_outer "")
foreach(header IN LISTS header_names)
  set(half inner)
  if(header MATCHES "^unitee/((guest|seal|json)/|[a-z_]*\\.hpp)")
    set(half outer)
  endif()
  string(APPEND tidy_${half} "#include <${header}>\n")
endforeach()
foreach(half IN ITEMS inner outer)
  file(CONFIGURE OUTPUT tidy/${half}.cpp CONTENT "${tidy_${half}}")
  add_test(NAME tidy/${half} COMMAND ${UNITEE_CLANG_TIDY} --quiet --config-file=${PROJECT_SOURCE_DIR}/.clang-tidy
    ${CMAKE_CURRENT_BINARY_DIR}/tidy/${half}.cpp -- -std=c++20 ${includes})
  set_tests_properties(tidy/${half} PROPERTIES LABELS tidy)
endforeach()

# A mistake that is planted is found.
file(CONFIGURE OUTPUT tidy/include/unitee/planted.hpp CONTENT
  "#pragma once\ninline unsigned long planted(int days) { return days * 86400; }\n")
file(CONFIGURE OUTPUT tidy/planted.cpp CONTENT "#include <unitee/planted.hpp>\n")
add_test(NAME tidy/planted COMMAND ${UNITEE_CLANG_TIDY} --quiet --config-file=${PROJECT_SOURCE_DIR}/.clang-tidy
  ${CMAKE_CURRENT_BINARY_DIR}/tidy/planted.cpp -- -std=c++20 -I${CMAKE_CURRENT_BINARY_DIR}/tidy/include)
set_tests_properties(tidy/planted PROPERTIES LABELS tidy
  PASS_REGULAR_EXPRESSION "planted\\.hpp:2:[0-9]+: error: .*bugprone-implicit-widening-of-multiplication-result")
