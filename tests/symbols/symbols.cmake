# SPDX-License-Identifier: Apache-2.0
# What must not be in a binary: the other vendor's code, the simulator, and, for those who only attest, the verifier.

# unitee_symbols(<name> <source> <backend> <argument of symbols.py>...): a program for this backend, whatever the
# build's own is, optimised a little: without that the compiler keeps what nobody calls.
function(unitee_symbols name source backend)
  unitee_backend_definition(${backend} definition)
  add_executable(unitee_symbols_${name} symbols/${source}.cpp)
  set_target_properties(unitee_symbols_${name} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_features(unitee_symbols_${name} PRIVATE cxx_std_20)
  target_compile_options(unitee_symbols_${name} PRIVATE -O1 -fno-sanitize=all -fno-profile-arcs -fno-test-coverage)
  target_compile_definitions(unitee_symbols_${name} PRIVATE ${definition})
  target_include_directories(unitee_symbols_${name} PRIVATE ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(unitee_symbols_${name} PRIVATE OpenSSL::Crypto Threads::Threads)
  add_test(NAME symbols/${name} COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/symbols/symbols.py
    ${CMAKE_NM} $<TARGET_FILE:unitee_symbols_${name}> ${ARGN})
endfunction()

unitee_symbols(sev_guest attest_and_derive sev-guest no-tdx no-simulator no-verifier)
unitee_symbols(tdx_guest attest_and_derive tdx-guest no-snp no-simulator no-verifier)
unitee_symbols(attest_only attest_only auto no-simulator no-verifier)
# What an observer costs whoever has none: nothing of it is there, no clock is asked, and where no_observer is named the
# code is no larger, but for what the compiler inlines.
function(unitee_watched name)
  add_library(unitee_watched_${name} OBJECT symbols/watched.cpp)
  set_target_properties(unitee_watched_${name} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_features(unitee_watched_${name} PRIVATE cxx_std_20)
  target_compile_options(unitee_watched_${name} PRIVATE -O2 -fno-sanitize=all -fno-profile-arcs -fno-test-coverage)
  target_compile_definitions(unitee_watched_${name} PRIVATE ${ARGN})
  target_include_directories(unitee_watched_${name} PRIVATE ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(unitee_watched_${name} PRIVATE OpenSSL::Crypto)
endfunction()
unitee_watched(silently)
unitee_watched(by_no_observer UNITEE_WATCH=nobody)
unitee_watched(by_somebody UNITEE_WATCH=watch)
set(symbols COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/symbols/symbols.py ${CMAKE_NM})
add_test(NAME symbols/silently ${symbols} $<TARGET_OBJECTS:unitee_watched_silently> no-observer)
add_test(NAME symbols/by_no_observer ${symbols} $<TARGET_OBJECTS:unitee_watched_by_no_observer> no-observer)
add_test(NAME symbols/by_somebody ${symbols} $<TARGET_OBJECTS:unitee_watched_by_somebody> --caught no-observer)
add_test(NAME symbols/no_observer_costs_nothing COMMAND Python3::Interpreter
  ${CMAKE_CURRENT_SOURCE_DIR}/symbols/sizes.py ${CMAKE_NM} $<TARGET_OBJECTS:unitee_watched_silently>
  $<TARGET_OBJECTS:unitee_watched_by_no_observer> $<TARGET_OBJECTS:unitee_watched_by_somebody>)

unitee_symbols(planted planted auto --caught no-tdx no-snp no-simulator no-verifier)
