import Fairline

/// How Marian translates: the settings of `decoder.yml`, or the program's own.
struct MarianSearch {
  /// Settings of the search in Fairline's names.
  let settings: JSONValue

  /// - Throws: `UserError` naming a setting that makes no sense.
  init(_ decoder: ForeignSettings) throws {
    var search = JSONObject()
    search["conventions"] = "marian"
    search["beam"] = .integer(try decoder.number("beam-size", in: 1...1000, usual: 12))
    search["lenpen"] = .number(try Self.power(decoder))
    search["maxLenA"] = .number(try decoder.fraction("max-length-factor", usual: 3))
    search["maxLenB"] = 0
    search["minLen"] = 0
    search["wordPenalty"] = .number(try decoder.fraction("word-penalty", usual: 0))
    search["allowUnk"] = .bool(try decoder.flag("allow-unk", usual: false))
    settings = .object(search)
  }

  /// The power of the length that scores are divided by; a bare `normalize` is 1.
  private static func power(_ decoder: ForeignSettings) throws -> Double {
    if let flag = decoder.json("normalize")?.boolValue { return flag ? 1 : 0 }
    return try decoder.fraction("normalize", usual: 0)
  }
}
