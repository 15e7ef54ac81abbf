# Where the libraries come from: the system's packages, or, for the Python package on a machine without them, the wheels
# that pyproject.toml names as build requirements.
find_package(Threads REQUIRED)

if(OROGEN_PYTHON)
  find_package(Python 3.9 REQUIRED COMPONENTS Interpreter Development.Module OPTIONAL_COMPONENTS Development.SABIModule)
  # Wheels of C++ libraries lie in folders of site-packages that CMake does not know.
  execute_process(
    COMMAND ${Python_EXECUTABLE} -c
            "import os, sys; print(';'.join(d for p in sys.path for d in (os.path.join(p, 'cmeel.prefix'), os.path.join(p, 'nlohmann_json')) if os.path.isdir(d)), end='')"
    OUTPUT_VARIABLE wheels COMMAND_ERROR_IS_FATAL ANY)
  list(PREPEND CMAKE_PREFIX_PATH ${wheels})
  foreach(folder ${wheels})
    if(EXISTS ${folder}/lib64/libz.so)  # FindZLIB does not look there; at run time it is the system's libz.so.1
      set(ZLIB_LIBRARY ${folder}/lib64/libz.so CACHE FILEPATH "zlib from its wheel")
    endif()
  endforeach()
endif()

find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(fmt REQUIRED)
find_package(ZLIB REQUIRED)

# What pip builds must not need a libfmt.so of the build's temporary environment at run time.
set(OROGEN_FMT fmt::fmt)
if(OROGEN_PYTHON)
  set(OROGEN_FMT fmt::fmt-header-only)
endif()

find_package(nlohmann_json QUIET)
if(NOT nlohmann_json_FOUND)  # its wheel holds the headers alone
  find_path(NLOHMANN_JSON_INCLUDE_DIR nlohmann/json.hpp REQUIRED)
  add_library(nlohmann_json::nlohmann_json INTERFACE IMPORTED)
  target_include_directories(nlohmann_json::nlohmann_json INTERFACE ${NLOHMANN_JSON_INCLUDE_DIR})
endif()

if(OROGEN_PROGRAM)
  find_package(CLI11 REQUIRED)
  find_package(tomlplusplus REQUIRED)
endif()

if(NOT OROGEN_XTB STREQUAL "OFF")
  find_path(XTB_INCLUDE_DIR xtb.h)
  find_library(XTB_LIBRARY xtb)
  if(NOT (XTB_INCLUDE_DIR AND XTB_LIBRARY))
    if(OROGEN_XTB STREQUAL "ON" OR OROGEN_PROGRAM)
      message(FATAL_ERROR "libxtb is missing: install libxtb-dev (Debian, Ubuntu), or leave xtb out with -DOROGEN_XTB=OFF")
    endif()
    message(STATUS "libxtb is missing: building without the embedded quantum code (libxtb-dev on Debian, Ubuntu)")
    set(OROGEN_XTB OFF)
  endif()
endif()
