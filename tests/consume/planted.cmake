# SPDX-License-Identifier: Apache-2.0
# cmake -P: each thing that a subproject should not do to the project around it is planted in a project in BUILD, by itself,
# and is found and named; where nothing is planted, nothing is found.

set(here ${CMAKE_CURRENT_LIST_DIR})
include(${here}/installs_nothing.cmake)
if(INSTALLED)  # this script, run by itself
  installs_nothing(${INSTALLED})
  return()
endif()

# planted(<what> <sentence>): without a sentence, nothing may be said.
function(planted what sentence)
  file(REMOVE_RECURSE ${BUILD})
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${here}/planted -B ${BUILD} -G ${GENERATOR} -DPLANTED=${what}
    RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE said)
  if(status EQUAL 0)
    execute_process(COMMAND ${CMAKE_COMMAND} -DINSTALLED=${BUILD} -P ${here}/planted.cmake
      RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE said)
  endif()
  string(REGEX REPLACE "[ \n]+" " " said "${said}")  # CMake breaks long messages into lines
  string(FIND "${said}" "${sentence}" at)
  if((sentence AND (status EQUAL 0 OR at LESS 0)) OR NOT (sentence OR status EQUAL 0))
    message(SEND_ERROR "of ${what} is said: ${said}")
  endif()
endfunction()

planted(nothing "")
planted(new_variable "changed the variable new:")
planted(changed_variable "changed the variable known:")
planted(lost_variable "changed the variable known:")
planted(flags "changed the variable CMAKE_CXX_FLAGS:")
planted(option_without_prefix "changed the cache entry WITH_TESTS:")
planted(changed_entry "changed the cache entry CMAKE_INSTALL_PREFIX:")
foreach(property IN ITEMS COMPILE_OPTIONS COMPILE_DEFINITIONS INCLUDE_DIRECTORIES LINK_OPTIONS)
  planted(${property} "changed the property of the directory ${property}:")
endforeach()
planted(global_property "changed the property of the build USE_FOLDERS:")
planted(target "unitee builds planted_target")
planted(test "unitee registers tests: planted_test")
planted(option_for_users "planted_library brings OPTIONS: -Wall")
planted(link_option_for_users "planted_library brings LINK_OPTIONS: -s")
planted(definition_for_users "planted_library brings DEFINITIONS: PLANTED")
planted(install_rule "the project that uses unitee installs")
