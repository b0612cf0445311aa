# A damaged copy of a file: damage.pl FILE COPY SEED
#
# A flipped bit, another byte, a digit or mark, a lost end, a block that is lost or stands twice;
# every other damage lies in the first 4000 bytes, where headers are.
use strict;
use warnings;
my ($from, $to, $seed) = @ARGV;
srand($seed);
open(my $in, "<:raw", $from) or die "$from: $!";
local $/;
my $all = <$in>;
my $size = length $all;
my $place = int(rand(rand() < 0.5 && $size > 4000 ? 4000 : $size));
my $run = 1 + int(rand(16));
my $kind = int(rand(8));
if ($kind == 0) { substr($all, $place) = "" }
elsif ($kind == 1) { substr($all, $place, $run) = "" }
elsif ($kind == 2) { substr($all, $place, 0) = substr($all, $place, $run) }
elsif ($kind == 3) { substr($all, $place, 1) = chr(int(rand(256))) }
elsif ($kind == 4) { substr($all, $place, 1) = substr("0123456789-e.{}[]\",:", rand(20), 1) }
else { substr($all, $place, 1) = chr(ord(substr($all, $place, 1)) ^ (1 << int(rand(8)))) }
open(my $out, ">:raw", $to) or die "$to: $!";
print $out $all;
