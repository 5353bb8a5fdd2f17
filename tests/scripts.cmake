# SPDX-License-Identifier: Apache-2.0
# Facts about the sources that a script checks: the floors, what must not compile, the generated vectors.

add_test(NAME floors COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/floors.py ${PROJECT_SOURCE_DIR}/include)
add_test(NAME floors_self_test COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/floors.py --self-test)

get_target_property(includes OpenSSL::Crypto INTERFACE_INCLUDE_DIRECTORIES)
list(REMOVE_ITEM includes ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})
list(PREPEND includes ${PROJECT_SOURCE_DIR}/include)
list(TRANSFORM includes PREPEND -I)
file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/compile_fail/*.cpp)
foreach(source IN LISTS sources)
  cmake_path(GET source STEM name)
  add_test(NAME compile_fail/${name} COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/compile_fail.py ${source}
    -- ${CMAKE_CXX_COMPILER} ${includes})
endforeach()
add_test(NAME sentences COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/sentences.py ${PROJECT_SOURCE_DIR}/include
  ${CMAKE_CURRENT_SOURCE_DIR}/compile_fail)
add_test(NAME sentences_self_test COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/sentences.py --self-test)

add_test(NAME docs_self_test COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/cmake/docs/headers.py --self-test)

add_test(NAME vectors COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/vectors/generate.py --check)

# A second reader of sealed files, and the library. Without a Python that has the module cryptography it is skipped, and in
# CI it fails.
set(client)
if(TARGET unitee_command)
  set(client $<TARGET_FILE:unitee_command>)
endif()
add_test(NAME seal/both_ways COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/seal/both_ways.py ${client})
set_tests_properties(seal/both_ways PROPERTIES SKIP_RETURN_CODE 77)

# The tool says what the manifests of the recorded evidence say.
if(TARGET unitee_command AND NOT TEST command/inspect)
  add_test(NAME command/inspect COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/command/inspect.py
    $<TARGET_FILE:unitee_command> "${UNITEE_EVIDENCE_DIR}")
endif()

# What an observer prints.
if(TARGET unitee_example_metrics)
  add_test(NAME examples/metrics COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/examples/metrics.py
    $<TARGET_FILE:unitee_example_metrics>)
endif()

# What the tool does with evidence, models and mistakes. seal_large needs 6 GiB of disk: the presets leave it to .ci/run.
if(TARGET unitee_command)
  set(command COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_SOURCE_DIR}/command)
  add_test(NAME command/verify ${command}/verify.py $<TARGET_FILE:unitee_command> "${UNITEE_EVIDENCE_DIR}")
  add_test(NAME command/verify_options ${command}/verify_options.py $<TARGET_FILE:unitee_command> "${UNITEE_EVIDENCE_DIR}")
  add_test(NAME command/verify_tdx ${command}/verify_tdx.py $<TARGET_FILE:unitee_command> "${UNITEE_EVIDENCE_DIR}")
  add_test(NAME command/verify_tdx_options ${command}/verify_tdx_options.py $<TARGET_FILE:unitee_command> "${UNITEE_EVIDENCE_DIR}")
  add_test(NAME command/tcb_tdx ${command}/tcb_tdx.py $<TARGET_FILE:unitee_command> "${UNITEE_EVIDENCE_DIR}")
  add_test(NAME command/receipt ${command}/receipt.py $<TARGET_FILE:unitee_command> "${UNITEE_EVIDENCE_DIR}")
  add_test(NAME command/reject ${command}/reject.py $<TARGET_FILE:unitee_command>)
  add_test(NAME command/reject_tdx ${command}/reject_tdx.py $<TARGET_FILE:unitee_command>)
  add_test(NAME command/measure ${command}/measure.py $<TARGET_FILE:unitee_command> "${UNITEE_EVIDENCE_DIR}")
  add_test(NAME command/seal ${command}/seal.py $<TARGET_FILE:unitee_command>)
  add_test(NAME command/seal_mistakes ${command}/seal_mistakes.py $<TARGET_FILE:unitee_command>)
  add_test(NAME command/seal_signals ${command}/seal_signals.py $<TARGET_FILE:unitee_command> "${fault_injector}")
  add_test(NAME command/slots ${command}/slots.py $<TARGET_FILE:unitee_command>)
  add_test(NAME command/slots_interrupted ${command}/slots_interrupted.py $<TARGET_FILE:unitee_command>)
  add_test(NAME command/slots_mistakes ${command}/slots_mistakes.py $<TARGET_FILE:unitee_command>)
  add_test(NAME command/demo ${command}/demo.py $<TARGET_FILE:unitee_command>)
  add_test(NAME command/seal_large ${command}/seal_large.py $<TARGET_FILE:unitee_command>)
  set_tests_properties(command/seal_large PROPERTIES LABELS large ENVIRONMENT TMPDIR=${CMAKE_CURRENT_BINARY_DIR})
endif()

# What the tool does inside of a guest: on emulated machines. Without an emulator these are skipped, and in CI they fail.
if(TARGET unitee_command)
  foreach(name IN ITEMS attest doctor seal_guest)
    add_test(NAME command/${name} ${command}/${name}.py $<TARGET_FILE:unitee_command> "${emulator}")
    set_tests_properties(command/${name} PROPERTIES SKIP_RETURN_CODE 77)
  endforeach()
  add_test(NAME command/readme ${command}/readme.py $<TARGET_FILE:unitee_command> "${emulator}" $<TARGET_FILE:unitee_readme_1>)
  set_tests_properties(command/readme PROPERTIES SKIP_RETURN_CODE 77)
endif()
