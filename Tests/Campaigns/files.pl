# Works on files for a campaign, one request a line with tabs between its parts, one answer each:
#
#   damage FROM TO SEED   a damaged copy
#   copy FROM TO          a sound copy
#   sum FILE              the digest of what a program printed, without times
#   bits FILE             the digest of a safetensors file without its header
#   tree FOLDER           the digest of all files below, but logs and what tells times
#   renew FROM TO [new]   a folder like another in its place; new: that one has changed
#   partial FOLDER        files there, and two folders below, that an earlier process left half done
#
# A damage is a flipped bit, another byte, a digit or mark, a lost end, a block that is lost or
# stands twice; every other one lies in the first 4000 bytes, where headers are.
use strict;
use warnings;
use Digest::MD5 qw(md5_hex);
use File::Find;
use File::Path qw(remove_tree);
$| = 1;

sub content {
  my ($path) = @_;
  open(my $in, "<:raw", $path) or return "";
  local $/;
  my $all = <$in>;
  return $all // "";
}

sub put {
  my ($path, $all) = @_;
  # Never through a link or into a pipe that a hostile file has been.
  unlink $path;
  open(my $out, ">:raw", $path) or die "$path: $!";
  print $out $all;
  close $out or die "$path: $!";
}

sub damage {
  my ($all, $seed) = @_;
  srand($seed);
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
  return $all;
}

# What a program printed, without lines that tell times and without dates and speeds.
sub without_times {
  my ($text) = @_;
  $text =~ s/^W-.*\n//mg;
  $text =~ s/ \| wps [0-9.]*//g;
  $text =~ s/^[0-9-]* [0-9:]* //mg;
  return $text;
}

sub bits {
  my ($path) = @_;
  my $all = content($path);
  return "none" if length $all < 8;
  my $data = 8 + unpack("Q<", $all);
  return $data <= length $all ? md5_hex(substr($all, $data)) : "none";
}

sub tree {
  my ($folder) = @_;
  my @lines;
  find({no_chdir => 1, wanted => sub {
    return if !-f $_ || /log$/ || m{/metrics$};
    if (/\.safetensors$/) { push @lines, "$_ " . bits($_); return }
    my $all = content($_);
    $all =~ s/^(?:Generate|.*second).*\n//mg if /results/;
    push @lines, "$_ " . md5_hex($all);
  }}, $folder);
  return md5_hex(join "\n", sort @lines);
}

my %kept;  # contents of folders that are copied again and again
sub renew {
  my ($from, $to) = @_;
  remove_tree($to);
  unless ($kept{$from}) {
    my @all;
    find({no_chdir => 1, wanted => sub {
      push @all, [substr($_, length $from), -d $_ ? undef : content($_)];
    }}, $from);
    $kept{$from} = \@all;
  }
  for (@{$kept{$from}}) {
    my ($name, $all) = @$_;
    defined $all ? put("$to$name", $all) : (mkdir "$to$name" or die "$to$name: $!");
  }
}

while (my $line = <STDIN>) {
  chomp $line;
  my ($verb, $path, @more) = split /\t/, $line;
  my $answer = "done";
  if ($verb eq "damage") { put($more[0], damage(content($path), $more[1])) }
  elsif ($verb eq "copy") { put($more[0], content($path)) }
  elsif ($verb eq "sum") { $answer = md5_hex(without_times(content($path))) }
  elsif ($verb eq "bits") { $answer = bits($path) }
  elsif ($verb eq "tree") { $answer = tree($path) }
  elsif ($verb eq "renew") { delete $kept{$path} if $more[1]; renew($path, $more[0]) }
  elsif ($verb eq "partial") {
    my @names = map { ("$_*.partial", "$_.*.partial") } "", "*/", "*/*/";
    $answer = join " ", map { glob "$path/$_" } @names;
  }
  else { die "what is $verb?" }
  print "$answer\n";
}
