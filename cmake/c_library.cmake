# liborogen: the C interface as a shared library, with its header, CMake package and pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(OROGEN_ABI 1)  # OROGEN_ABI_VERSION in orogen.h
file(GLOB c_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/orogen/link/c_*.cpp)
add_library(orogen_c SHARED ${c_sources})
add_library(orogen::orogen ALIAS orogen_c)
target_link_libraries(orogen_c PRIVATE orogen_potential)
target_compile_definitions(orogen_c PRIVATE OROGEN_VERSION="${PROJECT_VERSION}")
target_include_directories(orogen_c PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/src/orogen/link>
                                           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_options(orogen_c PRIVATE -Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/exported.map)
set_target_properties(
  orogen_c PROPERTIES OUTPUT_NAME orogen EXPORT_NAME orogen VERSION ${PROJECT_VERSION} SOVERSION ${OROGEN_ABI}
                      LINK_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/exported.map PUBLIC_HEADER ${CMAKE_SOURCE_DIR}/src/orogen/link/orogen.h)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/orogen)
install(TARGETS orogen_c EXPORT orogen)
if(TARGET orogen)
  install(TARGETS orogen)
endif()
install(EXPORT orogen NAMESPACE orogen:: FILE orogenConfig.cmake DESTINATION ${package_folder})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/orogenConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/orogenConfigVersion.cmake DESTINATION ${package_folder})
file(RELATIVE_PATH OROGEN_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_SOURCE_DIR}/cmake/orogen.pc.in ${CMAKE_BINARY_DIR}/orogen.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/orogen.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The example is a C program like any user's.
add_executable(orogen_example_c ${CMAKE_SOURCE_DIR}/examples/c/evaluate.c)
target_link_libraries(orogen_example_c PRIVATE orogen::orogen)
set_target_properties(orogen_example_c PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
target_compile_options(orogen_example_c PRIVATE -Wall -Wextra -Werror -pedantic)
if(OROGEN_SANITIZE)  # the sanitizers' run time must come with the program
  target_link_libraries(orogen_example_c PRIVATE orogen_flags)
endif()
