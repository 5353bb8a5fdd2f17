# SPDX-License-Identifier: Apache-2.0
# What pkg-config finds: unitee, and unitee-json for the headers in json/. The files say where the headers are from where
# they are themselves, so that an installation can be moved. Backend and engine are those of this build: another choice is
# the definition that this_guest.hpp or default_engine.hpp names.

set(unitee_pc_dir ${CMAKE_INSTALL_DATADIR}/pkgconfig)
file(RELATIVE_PATH unitee_include_from_pc ${CMAKE_INSTALL_FULL_DATADIR}/pkgconfig ${CMAKE_INSTALL_FULL_INCLUDEDIR})
set(unitee_pc_definitions "")
set(unitee_pc_libraries "")
if(unitee_backend)
  string(APPEND unitee_pc_definitions " -D${unitee_backend}")
endif()
if(UNITEE_WITH_IPSEC_MB)
  string(APPEND unitee_pc_definitions " -D${unitee_ipsec_mb_definition}")
  string(APPEND unitee_pc_libraries " -lIPSec_MB")
endif()

configure_file(cmake/unitee.pc.in ${PROJECT_BINARY_DIR}/unitee.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/unitee.pc DESTINATION ${unitee_pc_dir})
if(TARGET unitee_json)
  configure_file(cmake/unitee-json.pc.in ${PROJECT_BINARY_DIR}/unitee-json.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/unitee-json.pc DESTINATION ${unitee_pc_dir})
endif()
