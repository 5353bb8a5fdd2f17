# SPDX-License-Identifier: Apache-2.0
# Install rules, and the packages that find_package(unitee) and pkg-config find.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(unitee_package_dir ${CMAKE_INSTALL_DATADIR}/cmake/unitee)

install(TARGETS unitee EXPORT unitee-targets FILE_SET HEADERS)
if(TARGET unitee_json)
  install(TARGETS unitee_json EXPORT unitee-targets FILE_SET HEADERS)
endif()
install(EXPORT unitee-targets NAMESPACE unitee:: DESTINATION ${unitee_package_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(cmake/unitee-config.cmake.in ${PROJECT_BINARY_DIR}/unitee-config.cmake
  INSTALL_DESTINATION ${unitee_package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/unitee-config-version.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES cmake/backend.cmake DESTINATION ${unitee_package_dir} RENAME unitee-backend.cmake)
install(FILES cmake/ipsec_mb.cmake DESTINATION ${unitee_package_dir} RENAME unitee-ipsec-mb.cmake)
install(FILES ${PROJECT_BINARY_DIR}/unitee-config.cmake ${PROJECT_BINARY_DIR}/unitee-config-version.cmake
  DESTINATION ${unitee_package_dir})

include(cmake/pkgconfig.cmake)
