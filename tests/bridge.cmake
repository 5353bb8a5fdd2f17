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

# A guest that is simulated is one type with the one that is always there when the bridge is configured for it.
if(UNITEE_TEST_CONSUMERS)
  add_library(unitee_bridge_simulated OBJECT ${PROJECT_SOURCE_DIR}/examples/bridge/unitee_bridge.cpp)
  unitee_own(unitee_bridge_simulated)
  target_link_libraries(unitee_bridge_simulated PRIVATE nlohmann_json::nlohmann_json fmt::fmt)
  target_compile_definitions(unitee_bridge_simulated PRIVATE UNITEE_BACKEND_INSECURE_SIMULATED_SNP)
endif()
