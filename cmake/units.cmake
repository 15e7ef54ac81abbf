# The .cpp files of one folder of a layer are compiled together, as one unit that includes them: headers are read and templates are
# instantiated once per folder (nine verbs of the command line: 9.5 instead of 31 CPU seconds). Names in anonymous namespaces are
# therefore shared by a folder. -DOROGEN_UNITS=OFF compiles each file on its own (CI does so with clang, so that each file
# includes what it needs).
option(OROGEN_UNITS "Compile the .cpp files of a folder together" ON)

# Sets `out` to the files to compile for the `sources` of a layer.
function(orogen_units layer out)
  if(NOT OROGEN_UNITS)
    set(${out} ${ARGN} PARENT_SCOPE)
    return()
  endif()
  set(units "")
  foreach(source ${ARGN})
    file(RELATIVE_PATH place ${CMAKE_SOURCE_DIR}/src ${source})  # orogen/LAYER/…/NAME.cpp: relative, so that a compiler cache
    cmake_path(GET place PARENT_PATH folder)                     # serves every checkout
    string(REGEX REPLACE "^orogen/" "" unit ${folder})
    string(REPLACE "/" "_" unit ${unit})
    list(APPEND units ${unit})
    string(APPEND text_${unit} "#include \"${place}\"\n")
  endforeach()
  list(REMOVE_DUPLICATES units)
  set(files "")
  foreach(unit ${units})
    set(file ${CMAKE_BINARY_DIR}/units/${unit}.cpp)
    file(CONFIGURE OUTPUT ${file} CONTENT "${text_${unit}}" @ONLY)
    list(APPEND files ${file})
  endforeach()
  set(${out} ${files} PARENT_SCOPE)
endfunction()
