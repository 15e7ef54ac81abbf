#!/usr/bin/env python3
"""The layering lint must fail where it should: each test writes a small tree with one deliberate mistake."""
import tempfile
import unittest
from pathlib import Path

import check_layers


class LayeringLint(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("base/units.hpp")
        self.write("system/structure.hpp", "orogen/base/units.hpp")
        self.write("kernel/mlp.hpp", "orogen/base/units.hpp")
        self.write("kernel/density.hpp")
        self.write("fit/prior.hpp", "orogen/kernel/mlp.hpp")
        self.write("potential/potential.hpp", "orogen/system/structure.hpp")
        self.write("potential/model/model.hpp", "orogen/potential/potential.hpp")

    def write(self, name, *includes, text=""):
        path = self.root / "src" / "orogen" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#pragma once\n" + "".join(f'#include "{i}"\n' for i in includes) + text, encoding="utf-8")

    def problems(self):
        return check_layers.check(self.root)

    def assert_one_problem(self, *parts):
        found = self.problems()
        self.assertEqual(len(found), 1, found)
        for part in parts:
            self.assertIn(part, found[0])

    def test_a_line_is_as_wide_as_its_characters(self):
        self.write("base/wide.hpp", text="// " + "é" * 117 + "\n")
        self.assertEqual(self.problems(), [])
        self.write("base/wide.hpp", text="// " + "é" * 118 + "\n")
        self.assert_one_problem("src/orogen/base/wide.hpp:2", "121 characters")

    def test_lines_of_a_raw_string_are_not_measured(self):
        self.write("base/style.hpp", text='const char* style = R"(' + "x" * 200 + ')";\n')
        self.assertEqual(self.problems(), [])

    def test_functions_are_told_from_types_and_initial_values(self):
        text = """namespace orogen {
struct Point { int x{0}; int y() const { return 1; } };
const int table[] = {1, 2};
template <class T> T twice(T t) {
  if (t > 0) { return 2 * t; }
  const char* text = "}{";
  return t;  // }
}
enum class Kind { one };
Point::Point(int a)
    : x(a) {
}
}  // namespace orogen
"""
        self.assertEqual(check_layers.functions(text), [(2, 1), (4, 5), (10, 3)])

    def test_a_function_over_sixty_lines_is_named(self):
        body = "  ++x;\n"
        self.write("fit/long.hpp", text="void f(int x) {\n" + body * 58 + "}\n")
        self.assertEqual(check_layers.check_functions(self.root), [])
        self.write("fit/long.hpp", text="void f(int x) {\n" + body * 59 + "}\n")
        self.write("kernel/long.hpp", text="void f(int x) {\n" + body * 99 + "}\n")
        found = check_layers.check_functions(self.root)
        self.assertEqual(len(found), 1, found)
        self.assertIn("src/orogen/fit/long.hpp:2: a function of 61 lines", found[0])

    def test_a_tree_whose_includes_point_down_passes(self):
        self.write("app/main.cpp", "orogen/potential/model/model.hpp", "orogen/fit/prior.hpp")
        self.assertEqual(self.problems(), [])

    def test_an_include_that_points_up_is_named_with_its_line(self):
        self.write("system/cell.hpp", "orogen/base/units.hpp", "orogen/potential/potential.hpp")
        self.assert_one_problem("src/orogen/system/cell.hpp:3", "system may not include")

    def test_layers_of_one_level_do_not_see_each_other(self):
        self.write("kernel/bad.hpp", "orogen/system/structure.hpp")
        self.assert_one_problem("kernel may not include")

    def test_potential_does_not_see_fit(self):
        self.write("potential/bad.hpp", "orogen/fit/prior.hpp")
        self.assert_one_problem("potential may not include")

    def test_dynamics_sees_one_header_of_potential(self):
        self.write("dynamics/good.hpp", "orogen/potential/potential.hpp")
        self.assertEqual(self.problems(), [])
        self.write("dynamics/bad.hpp", "orogen/potential/model/model.hpp")
        self.assert_one_problem("dynamics/bad.hpp:2", "potential/model/model.hpp")

    def test_nuclear_shares_the_network_block_and_nothing_else_of_the_kernels(self):
        self.write("nuclear/good.hpp", "orogen/kernel/mlp.hpp", "orogen/fit/prior.hpp")
        self.assertEqual(self.problems(), [])
        self.write("nuclear/bad.hpp", "orogen/kernel/density.hpp")
        self.assert_one_problem("nuclear may not include")

    def test_an_include_in_a_comment_does_not_count(self):
        self.write("base/good.hpp", text='// #include "orogen/app/main.hpp"\n/*\n#include "orogen/fit/prior.hpp"\n*/\n')
        self.assertEqual(self.problems(), [])

    def test_a_second_network_block_is_found(self):
        self.write("nuclear/net.hpp", text="double f(double x) { return silu(x); }\n")
        self.assert_one_problem("nuclear/net.hpp:2", "one network block")

    def test_a_cycle_between_files_is_found(self):
        self.write("fit/a.hpp", "orogen/fit/b.hpp")
        self.write("fit/b.hpp", "orogen/fit/a.hpp")
        self.assert_one_problem("include cycle", "orogen/fit/a.hpp")

    def test_a_relative_include_cannot_slip_past(self):
        self.write("kernel/bad.hpp", "../system/structure.hpp")
        self.assert_one_problem("write own headers in full")

    def test_a_missing_header_is_named(self):
        self.write("fit/bad.hpp", "orogen/kernel/gone.hpp")
        self.assert_one_problem("does not exist")

    def test_an_unknown_layer_is_refused(self):
        self.write("extras/new.hpp")
        self.assert_one_problem("not in a known layer")

    def test_printing_below_app_is_refused(self):
        self.write("fit/bad.cpp", text='void f() { std::cout << 1; }\n')
        self.assert_one_problem("fit/bad.cpp:2", "prints")
        self.write("fit/bad.cpp", text='void f() { snprintf(b, 9, "std::cout"); file.exit(); }  // printf("x")\n')
        self.assertEqual(self.problems(), [])

    def test_a_name_that_says_nothing_is_refused(self):
        self.write("base/string_utils.hpp")
        self.assert_one_problem("base/string_utils.hpp", "utils")


if __name__ == "__main__":
    unittest.main()
