# SPDX-License-Identifier: Apache-2.0
# The programs of a project that uses unitee, in every mode in which it may be used; ctest runs them.

# consume(<name> <source> <standard> <exceptions>): one program. It is stricter than the headers of unitee: they have
# warnings of -Weffc++, which a project must not see, whether it has unitee inside of it or found it.
function(consume name source standard exceptions)
  add_executable(${name} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${source})
  set_target_properties(${name} PROPERTIES CXX_STANDARD ${standard} CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  target_link_libraries(${name} PRIVATE unitee::unitee)
  target_compile_definitions(${name} PRIVATE TRY_STANDARD=${standard} TRY_EXCEPTIONS=${exceptions})
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Weffc++ -Werror)
  if(TRY_BACKEND)
    target_compile_definitions(${name} PRIVATE TRY_BACKEND="${TRY_BACKEND}")
  endif()
  if(NOT exceptions)
    target_compile_options(${name} PRIVATE -fno-exceptions -fno-rtti)
  endif()
  add_test(NAME ${name} COMMAND ${name})
endfunction()

enable_testing()
foreach(standard IN ITEMS 20 23)
  consume(cxx${standard} program.cpp ${standard} 1)
  consume(cxx${standard}_no_exceptions program.cpp ${standard} 0)
endforeach()
if(TRY_JSON)
  consume(json json_program.cpp 20 1)
  target_link_libraries(json PRIVATE unitee::json)
endif()
