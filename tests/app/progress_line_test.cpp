// The text of progress: shares, rates, times to go.
#include "orogen/app/terminal/progress_line.hpp"

#include <gtest/gtest.h>

using namespace orogen;

TEST(ProgressLine, shows_share_rate_time_to_go_and_free_text) {
  const ProgressState state{"md", 0, 250, 1000, 5, "T 300.1 K"};
  EXPECT_EQ(progress_line(state, false), "md  25 % 250/1000  50/s  15 s to go  T 300.1 K");
  EXPECT_EQ(progress_line(state, true), "md [######------------------]  25 % 250/1000  50/s  15 s to go  T 300.1 K");
}

TEST(ProgressLine, counts_the_rate_of_a_resumed_run_from_where_it_began) {
  const ProgressState state{"train", 900, 910, 1000, 10, ""};
  EXPECT_DOUBLE_EQ(progress_rate(state), 1);
  EXPECT_DOUBLE_EQ(progress_eta(state), 90);
}

TEST(ProgressLine, shows_no_share_without_a_total_and_no_time_before_the_first_step) {
  EXPECT_EQ(progress_line({"relax", 0, 7, 0, 2, "F 0.1 eV/Å"}, true), "relax 7  3.5/s  F 0.1 eV/Å");
  EXPECT_EQ(progress_line({"relax", 0, 0, 10, 2, ""}, false), "relax   0 % 0/10");
}

TEST(ProgressLine, shows_the_time_taken_at_the_end_and_slow_rates_as_time_per_item) {
  EXPECT_EQ(progress_line({"md", 0, 4, 4, 8, ""}, false), "md 100 % 4/4  2 s each  took 8 s");
}

TEST(ProgressLine, never_shows_100_percent_before_the_end) {
  EXPECT_NE(progress_line({"md", 0, 999, 1000, 8, ""}, false).find(" 99 %"), std::string::npos);
}

TEST(ProgressLine, writes_durations_in_the_largest_fitting_unit) {
  EXPECT_EQ(duration_text(0.2), "0 s");
  EXPECT_EQ(duration_text(59.4), "59 s");
  EXPECT_EQ(duration_text(185), "3:05 min");
  EXPECT_EQ(duration_text(7385), "2:03:05 h");
  EXPECT_EQ(duration_text(86400 + 7380), "1 d 02:03 h");
}

TEST(ProgressLine, cuts_between_characters_and_not_inside_one) {
  EXPECT_EQ(cut_to_columns("0.1 Å³ x", 5), "0.1 Å");
  EXPECT_EQ(cut_to_columns("short", 80), "short");
}
