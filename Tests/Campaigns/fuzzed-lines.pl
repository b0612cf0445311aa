# Lines of text that break what trusts text: fuzzed-lines.pl COUNT SEED FILE [bytes]
#
# Damaged lines of the file, words that mean something to programs, control characters, scripts of
# all kinds, empty and long lines; with "bytes" also what is not UTF-8. No line feed within a line.
use strict;
use warnings;
my ($count, $seed, $path, $bytes) = @ARGV;
srand($seed);
open(my $file, "<:raw", $path) or die "$path: $!";
my @sound = map { chomp; $_ } <$file>;
binmode(STDOUT, ":raw");
sub utf8 { my $text = chr($_[0]); utf8::encode($text); return $text }
my @words = (
  "<unk>", "</s>", "<s>", "<pad>", "<<unk>>", "@@", "a@@", "|||", "madeupword0000", "<0x41>",
  "\xE2\x96\x81", "\t", "\r", "\0", "\x1B[31m", "  ", "-", "--help", "1e999", "nan", "{}", "\\n",
  "\xEF\xBB\xBF", "\xC2\xA0", "\xE3\x80\x80", "\xE2\x80\xA8", "\xC2\x85", "\x0B", "\x0C", "&quot;",
  "e\xCC\x81", "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9", "\xD7\xA9", "\xD8\xB4", "\xE4\xB8\xAD",
  "H-0\t0\tx", "S-1", "\xEF\xBF\xBD", "\xF4\x8F\xBF\xBF", "x" x 300,
);
for (1 .. $count) {
  my $line = $sound[rand @sound];
  my $kind = int(rand(20));
  if ($kind == 0) { $line = "" }
  elsif ($kind == 1) { $line = " " x int(rand(5)) . "\t" x int(rand(3)) }
  elsif ($kind < 8) { substr($line, rand(1 + length $line), 0) = $words[rand @words] }
  elsif ($kind < 11) { $line = join(rand() < 0.5 ? " " : "", map { $words[rand @words] } 1 .. 1 + rand(6)) }
  elsif ($kind < 14) {
    # Any characters, without surrogates and line feeds.
    $line = join("", map {
      my $code = int(rand(3)) ? int(rand(0x250)) : int(rand(0x10FFFF));
      $code = 0x41 if $code == 10 || ($code >= 0xD800 && $code < 0xE000) || $code < 1;
      utf8($code)
    } 1 .. 1 + rand(20));
  }
  elsif ($kind == 14 && rand() < 0.01) { $line = "$line " x 200 }
  elsif ($kind == 15 && $bytes) {
    $line = join("", map { my $byte = int(rand(256)); chr($byte == 10 ? 11 : $byte) } 1 .. 1 + rand(30));
  }
  elsif ($kind == 16 && $bytes) { substr($line, rand(1 + length $line), 1) = chr(128 + int(rand(128))) }
  # Half a character becomes two that are whole.
  unless ($bytes) { my $copy = $line; utf8::encode($line) unless utf8::decode($copy) }
  print $line, "\n";
}
