# SPDX-License-Identifier: Apache-2.0
# The library behind a C header: what each of its calls answers, what two hosts do with it, and what it shows of itself.

if(NOT TARGET unitee_bridge)
  return()
endif()

if(UNITEE_HAVE_EXCEPTIONS)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/bridge/*.cpp)
  unitee_test_program(bridge ${sources})
  target_link_libraries(unitee_test_bridge PRIVATE unitee_bridge)
endif()

add_test(NAME bridge/hosts COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_SOURCE_DIR}/bridge/hosts.py
  $<TARGET_FILE:unitee_command> $<TARGET_FILE:unitee_bridge_host_c> $<TARGET_FILE:unitee_bridge_host_cpp>)
add_test(NAME bridge/shared COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_SOURCE_DIR}/bridge/hosts.py
  $<TARGET_FILE:unitee_command> $<TARGET_FILE:unitee_bridge_host_c_shared> $<TARGET_FILE:unitee_bridge_host_cpp_shared>)
add_test(NAME bridge/exports COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_SOURCE_DIR}/bridge/exports.py
  ${CMAKE_NM} $<TARGET_FILE:unitee_bridge_shared> ${PROJECT_SOURCE_DIR}/examples/bridge/unitee_bridge.h)
