# Hostile files: hostile.pl SOUND FOLDER OTHER
#
# Writes files 1, 2, ... to the folder, made from a sound file, and from one of another kind.
use strict;
use warnings;
my ($from, $folder, $other) = @ARGV;
sub read_all { open(my $in, "<:raw", $_[0]) or die "$_[0]: $!"; local $/; return scalar <$in> }
my $number = 0;
sub put {
  open(my $out, ">:raw", "$folder/" . ++$number) or die "$folder: $!";
  print $out $_[0];
}
my $sound = read_all($from);
my $half = int(length($sound) / 2);
srand(5);
my $mebi = 1 << 20;
put($_) for "", "\0", "\n", "\r", "\xFF", "\0" x 65536, "\xFF" x 65536;
put(join "", map { chr(int(rand(256))) } 1 .. 4096);
put(substr($sound, 0, $half));
put(substr($sound, 0, 9));
put($sound . $sound);
put($sound . "\0");
put("\0" . $sound);
put("\xEF\xBB\xBF" . $sound);
put(read_all($other));
put("a" x (10 * $mebi));
put("\n" x 65536);
put(" " x (4 * $mebi));
put("[" x (4 * $mebi));
put("{\"a\":" x $mebi);
put("a 1\n" x 65536);
put(join "", map { "w$_ 1\n" } 1 .. 300000);
put("a 99999999999999999999\nb -1\nc 1e9\n");
put("PK\x03\x04" . $sound);
put("\x1F\x8B\x08" . $sound);
put("\x80\x02}q\0." . $sound);
put("\x28\xB5\x2F\xFD" . $sound);
put(scalar reverse $sound);
put(join "", map { "$_\0" } split //, substr($sound, 0, 100000));
# Other numbers in the place of each, in what is text and in headers.
for my $value ("-1", "0", "1e999", "9223372036854775807", "4611686018427387904", "1000000000") {
  my $copy = substr($sound, 0, 200000);
  $copy =~ s/(?<=[:\[, ])[0-9]+/$value/g;
  # The length of a safetensors header fits again.
  if (substr($sound, 8, 1) eq "{" && length($copy) > 16) {
    my $length = index($copy, "}}", 8) > 0 ? rindex($copy, "}}") + 2 - 8 : 0;
    substr($copy, 0, 8) = pack("Q<", $length) if $length > 0;
  }
  put($copy);
}
# Lengths and counts at the places where binary headers have them.
for my $at (0, 8, 9, 17, 18, 26) {
  for my $value (0, ~0, 1 << 62) {
    my $copy = $sound . "\0" x 40;
    substr($copy, $at, 8) = pack("Q<", $value);
    put($copy);
  }
}
# Headers of safetensors.
sub header { my ($text, $data) = @_; put(pack("Q<", length $text) . $text . ($data // "")) }
header($_, "\0" x 16) for (
  "{}", "[]", "{", "\"\"", "null", "{\"a\":1}", "{\"a\":{}}", "{\"__metadata__\":{\"checkpoint\":\"{}\"}}",
  "{\"__metadata__\":{\"checkpoint\":1}}", "{\"__metadata__\":[]}", "{\"a\":" x 100000,
  "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,16]}}",
  "{\"a\":{\"dtype\":\"F32\",\"shape\":[-4],\"data_offsets\":[0,16]}}",
  "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[16,0]}}",
  "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
  "{\"a\":{\"dtype\":\"F99\",\"shape\":[4],\"data_offsets\":[0,16]}}",
  "{\"a\":{\"dtype\":\"F32\",\"shape\":[0,9223372036854775807],\"data_offsets\":[0,0]}}",
);
header("{" . join(",", map { "\"t$_\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}" } 1 .. 200000) . "}");
print "$number\n";
