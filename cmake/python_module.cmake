# orogen._core: the extension module of the Python package. It stands on all layers, like the program.
find_package(nanobind CONFIG REQUIRED)
file(GLOB python_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/python/bindings/*.cpp)
nanobind_add_module(orogen_python STABLE_ABI NB_STATIC NB_SUPPRESS_WARNINGS ${python_sources})
# Small files with the same large headers: one unit.
set_target_properties(orogen_python PROPERTIES UNITY_BUILD ${OROGEN_UNITS} UNITY_BUILD_BATCH_SIZE 0)
target_link_libraries(orogen_python PRIVATE orogen_app)
target_include_directories(orogen_python PRIVATE ${CMAKE_SOURCE_DIR})
target_compile_definitions(orogen_python PRIVATE OROGEN_VERSION="${PROJECT_VERSION}")
set_target_properties(orogen_python PROPERTIES OUTPUT_NAME _core)
install(TARGETS orogen_python LIBRARY DESTINATION orogen COMPONENT python)
