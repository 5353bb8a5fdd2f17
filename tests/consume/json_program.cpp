// SPDX-License-Identifier: Apache-2.0
//
// tests/consume/json_program.cpp: a program of somebody else's that uses the headers in json/.
#include <unitee/json/text.hpp>

int main() {
  return unitee::is_utf8("\xc3\xa4") && !unitee::is_utf8("\xc3") && unitee::hex_number(255).size() == 18 ? 0 : 1;
}
