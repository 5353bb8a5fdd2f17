# SPDX-License-Identifier: Apache-2.0
# Every cpp example of README.md is a program: it compiles, and it runs.

set(readme ${PROJECT_SOURCE_DIR}/README.md)
if(NOT EXISTS ${readme})
  return()
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${readme})
execute_process(COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/readme.py ${readme} ${CMAKE_CURRENT_BINARY_DIR}/readme
  OUTPUT_VARIABLE sources COMMAND_ERROR_IS_FATAL ANY)
string(STRIP "${sources}" sources)
string(REPLACE "\n" ";" sources "${sources}")
foreach(source IN LISTS sources)
  cmake_path(GET source STEM name)
  add_executable(unitee_${name} ${source})
  unitee_own(unitee_${name})
  target_link_libraries(unitee_${name} PRIVATE unitee::json)
  add_test(NAME readme/${name} COMMAND unitee_${name} WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/readme)
endforeach()
