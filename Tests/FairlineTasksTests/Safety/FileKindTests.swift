import Fairline
import FairlineTesting
import Foundation
import Testing

/// Files as users have them: pipes, folders, byte-order marks, names with any characters.
@Suite struct FileKindTests {
  @Test func everyProgramReadsPipes() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "1"]) == 0)
      let model = "model/checkpoint_last.safetensors"
      let commands = [
        "fairline-score --sys <(cat test.en) --ref <(cat test.en)",
        "cat test.en | fairline-score --sys /dev/stdin --ref test.en",
        "cat test.en | fairline-score --sys test.en --ref -",
        "fairline-score --config <(echo '{\"sys\": \"test.en\", \"ref\": [\"test.en\"]}')",
        "fairline-interactive --path \(model) --max-len-b 5 --plain --input <(cat test.en)",
        "cat test.en | fairline-interactive --path \(model) --max-len-b 5 --plain",
        "fairline-interactive --path \(model) --max-len-b 5 --plain --input /dev/stdin < test.en",
        "fairline-preprocess -s en -t de --trainpref train --srcdict <(cat bin/dict.en.txt) "
          + "--tgtdict <(cat bin/dict.de.txt) --destdir again",
        "fairline-preprocess --only-source --trainpref <(cat train.en) --destdir one",
      ]
      for command in commands {
        let run = try shell(command, in: folder)
        #expect(run.code == 0, "\(command): \(run.errors)")
        if command.contains("score") { #expect(run.output.contains("= 100.00"), "\(run.output)") }
        if command.contains("interactive") {
          #expect(run.output.split(separator: "\n").count == 12, "\(command): \(run.output)")
        }
      }
      // One pipe for two dictionaries is read once.
      let both = try shell(
        "cat bin/dict.en.txt | fairline-preprocess -s en -t de --trainpref train --srcdict "
          + "/dev/stdin --tgtdict /dev/stdin --destdir both", in: folder)
      #expect(both.code == 0, "\(both.errors)")
      for name in ["train.en-de.de.bin", "dict.de.txt"] {
        let (one, two) = (
          try Data(contentsOf: folder.appendingPathComponent("bin/\(name)")),
          try Data(contentsOf: folder.appendingPathComponent("both/\(name)"))
        )
        #expect(one == two, "\(name)")
      }
      let twice = try shell("cat test.en | fairline-score --sys - --ref -", in: folder)
      #expect(twice.code == 2 && twice.errors.contains("standard input"), "\(twice.errors)")
    }
  }

  @Test func foldersAndDevicesAreErrors() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "1"]) == 0)
      let model = "model/checkpoint_last.safetensors"
      for (command, part) in [
        ("fairline-score --sys / --ref test.en", "--sys: the file '/' cannot be read"),
        ("fairline-score --config /", "it is a folder"),
        ("fairline-interactive --path \(model) --input /", "it is a folder"),
        ("fairline-interactive --path / ", "no checkpoint"),
        ("fairline-interactive --path \(model) --input /dev/zero", "has more than"),
        ("fairline-preprocess --only-source --trainpref / --destdir x", "it is a folder"),
        (
          "fairline-preprocess -s en -t de --trainpref train --srcdict /dev/zero --destdir x",
          "has a line of more than"
        ),
        (
          "cp -r bin other; ln -sf /dev/zero other/dict.en.txt; fairline-generate other --path "
            + model, "other/dict.en.txt cannot be read: it is not a regular file"
        ),
        (
          "cp -r bin third; rm third/dict.en.txt; mkfifo third/dict.en.txt; "
            + "fairline-generate third --path \(model)",
          "third/dict.en.txt cannot be read: it is not a regular file"
        ),
      ] {
        let run = try shell(command, in: folder)
        #expect(run.code != 0 && run.errors.contains(part), "\(command): \(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: data.path("x")), "\(command)")
      }
    }
  }

  @Test func byteOrderMarksBelongToNoText() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "1"]) == 0)
      for name in ["train.en", "train.de", "test.en", "bin/dict.en.txt", "bin/dict.de.txt"] {
        let url = folder.appendingPathComponent(name)
        let marked = Data([0xEF, 0xBB, 0xBF]) + (try Data(contentsOf: url))
        try marked.write(to: folder.appendingPathComponent("m." + url.lastPathComponent))
      }
      let commands = [
        "fairline-score --sys m.test.en --ref test.en | grep -q '= 100.00'",
        "fairline-preprocess -s en -t de --trainpref m.train --joined-dictionary --destdir m1 "
          + "&& cmp m1/train.en-de.en.bin bin/train.en-de.en.bin "
          + "&& cmp m1/dict.en.txt bin/dict.en.txt",
        "fairline-preprocess -s en -t de --trainpref train --srcdict m.dict.en.txt --tgtdict "
          + "m.dict.de.txt --destdir m2 && cmp m2/dict.en.txt bin/dict.en.txt",
        "M='fairline-interactive --path model/checkpoint_last.safetensors --max-len-b 5 --plain' "
          + "&& cmp <($M < test.en) <($M < m.test.en)",
      ]
      for command in commands {
        let run = try shell(command, in: folder)
        #expect(run.code == 0, "\(command): \(run.output) \(run.errors)")
      }
    }
  }

  @Test func namesMayHoldAnyCharacter() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "1"]) == 0)
      let commands = [
        "mkdir 'a, b:c' && cp valid.en 'a, b:c/v,1 x.en' && cp valid.de 'a, b:c/v,1 x.de'",
        #"fairline-preprocess -s en -t de --trainpref train --joined-dictionary --validpref "#
          + #"'a\, b:c/v\,1 x,test' --destdir 'a, b:c/bin'"#,
        "ls 'a, b:c/bin/valid.en-de.en.bin' 'a, b:c/bin/valid1.en-de.en.bin'",
        "cp model/checkpoint_last.safetensors 'a, b:c/m,1:2.safetensors'",
        #"fairline-generate 'a, b\:c/bin' --gen-subset valid --max-len-b 5 "#
          + #"--path 'a, b\:c/m,1\:2.safetensors:model/checkpoint_last.safetensors' "#
          + #"--results-path 'a, b:c/out,1'"#,
        "test -s 'a, b:c/out,1/generate-valid.txt'",
        "fairline-average --inputs 'a, b:c/m,1:2.safetensors' model/checkpoint_last.safetensors "
          + "--output 'a, b:c/average,1.safetensors'",
        #"fairline-average --inputs 'a\, b:c/m\,1:2.safetensors' --output 'a, b:c/2.safetensors'"#,
        "fairline-quantize 'a, b:c/m,1:2.safetensors' --to 'a, b:c/q,:.safetensors'",
        #"fairline-shortlist 'a, b\:c/bin' --subset train --to 'a, b:c/s,:.safetensors'"#,
        #"fairline-score --sys 'a, b:c/v,1 x.en' --ref 'a\, b:c/v\,1 x.en'"#,
        "fairline-score --sacrebleu --sys valid.en --ref 'a, b:c/v,1 x.en' valid.en",
        #"fairline-train 'a, b\:c/bin' --arch transformer_tiny --optimizer adam --max-tokens 90 "#
          + "--max-update 1 --save-dir 'a, b:c/new,1:2' --ignore-unused-valid-subsets",
        "ls 'a, b:c/new,1:2/checkpoint_last.safetensors'",
      ]
      for command in commands {
        let run = try shell(command, in: folder)
        #expect(run.code == 0, "\(command): \(run.errors)")
      }
    }
  }

  /// A limit on the size of files is an error, after which nothing half is left.
  @Test func aLimitedSizeLeavesNothingBehind() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder, sentences: 3000)
      #expect(data.train("model", ["--max-update", "1"]) == 0)
      let model = "model/checkpoint_last.safetensors"
      func files() throws -> [String] {
        let all = try #require(FileManager.default.enumerator(atPath: folder.path))
        return all.compactMap { $0 as? String }.sorted()
      }
      let before = try files()
      let commands = [
        (8, "fairline-preprocess -s en -t de --trainpref train --destdir new"),
        (0, "fairline-preprocess -s en -t de --trainpref train --destdir new"),
        (1, "fairline-generate bin --path \(model) --max-len-b 9 --results-path ."),
        (8, "fairline-quantize \(model) --to q.safetensors"),
        (8, "fairline-average --inputs \(model) --output a.safetensors"),
        (0, "fairline-shortlist bin --to s.safetensors"),
        (0, "fairline-score --sys test.en --ref test.en > out; rm out; exit 1"),
      ]
      for (limit, command) in commands {
        let run = try shell("ulimit -f \(limit); \(command)", in: folder)
        #expect(run.code == 1, "\(command): \(run.code) \(run.errors)")
        #expect(try files() == before, "\(command)")
      }
    }
  }

  @Test func resultsAppearWhole() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "1"]) == 0)
      let flags = [
        data.bin, "--path", data.path("model/checkpoint_last.safetensors"), "--max-len-b", "5",
      ]
      let printed = try Programs.run("fairline-generate", flags)
      let out = data.path("out")
      let written = try Programs.run("fairline-generate", flags + ["--results-path", out])
      #expect(written.code == 0 && written.output.isEmpty)
      let file = URL(fileURLWithPath: out + "/generate-test.txt")
      #expect(try String(contentsOf: file, encoding: .utf8) == printed.output)
      // An error after some lines leaves the earlier file.
      let failed = try shell(
        "ulimit -f 1; fairline-generate bin --path model/checkpoint_last.safetensors --max-len-b 5 "
          + "--results-path out", in: folder)
      #expect(failed.code == 1 && failed.errors.contains("generate-test.txt was not written"))
      #expect(try String(contentsOf: file, encoding: .utf8) == printed.output)
      #expect(try FileManager.default.contentsOfDirectory(atPath: out) == ["generate-test.txt"])
    }
  }
}
