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

add_test(NAME vectors COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/vectors/generate.py --check)
