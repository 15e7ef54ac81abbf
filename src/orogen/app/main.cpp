#include "orogen/app/command_line.hpp"

int main(int argc, char** argv) { return orogen::run_command_line(argc, argv); }
