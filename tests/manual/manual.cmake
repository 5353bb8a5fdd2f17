# SPDX-License-Identifier: Apache-2.0
# The tables of SECURITY.md are what the code checks.

add_executable(unitee_security_checks ${CMAKE_CURRENT_LIST_DIR}/security_checks.cpp)
unitee_own(unitee_security_checks)
target_link_libraries(unitee_security_checks PRIVATE unitee_test_support)
add_test(NAME manual/security COMMAND unitee_security_checks ${PROJECT_SOURCE_DIR}/SECURITY.md)
