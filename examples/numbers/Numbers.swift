// Writes parallel text for a small translation task: numbers and dates, in words, in English and
// German.
//
//   numbers FOLDER [--train N] [--held-out N]
//
// makes FOLDER/{train,valid,test}.{en,de}. No line of valid or test stands in train. The same
// arguments give the same files.

/// A cardinal number below one million in English words.
func english(_ n: Int) -> String {
  let ones = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
  ]
  let tens = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
  ]
  if n < 20 { return ones[n] }
  if n < 100 { return n % 10 == 0 ? tens[n / 10] : tens[n / 10] + "-" + ones[n % 10] }
  if n < 1000 {
    return ones[n / 100] + " hundred" + (n % 100 == 0 ? "" : " and " + english(n % 100))
  }
  let rest = n % 1000
  let joint = rest == 0 ? "" : rest < 100 ? " and " : " "
  return english(n / 1000) + " thousand" + joint + (rest == 0 ? "" : english(rest))
}

/// A cardinal number below one million in German words; `ein` instead of `eins` inside a word.
func german(_ n: Int, insideWord: Bool = false) -> String {
  let ones = [
    "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn",
    "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn",
    "neunzehn",
  ]
  let tens = [
    "", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig",
    "neunzig",
  ]
  if n == 1 && insideWord { return "ein" }
  if n < 20 { return ones[n] }
  if n < 100 {
    return (n % 10 == 0 ? "" : german(n % 10, insideWord: true) + "und") + tens[n / 10]
  }
  if n < 1000 {
    return german(n / 100, insideWord: true) + "hundert" + (n % 100 == 0 ? "" : german(n % 100))
  }
  return german(n / 1000, insideWord: true) + "tausend" + (n % 1000 == 0 ? "" : german(n % 1000))
}

/// A day of the month as an English ordinal.
func englishOrdinal(_ n: Int) -> String {
  let irregular = [
    1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth",
    20: "twentieth", 30: "thirtieth",
  ]
  if let word = irregular[n] { return word }
  return n < 20 ? english(n) + "th" : english(n / 10 * 10) + "-" + englishOrdinal(n % 10)
}

/// A day of the month as a German ordinal.
func germanOrdinal(_ n: Int) -> String {
  let irregular = [1: "erste", 3: "dritte", 7: "siebte", 8: "achte"]
  return irregular[n] ?? german(n) + (n < 20 ? "te" : "ste")
}

/// A year from 1100 to 2099 as it is spoken.
func year(_ n: Int) -> (english: String, german: String) {
  let (century, rest) = (n / 100, n % 100)
  if century == 20 {
    return (english(n), german(2, insideWord: true) + "tausend" + (rest == 0 ? "" : german(rest)))
  }
  let spoken = rest == 0 ? " hundred" : rest < 10 ? " oh " + english(rest) : " " + english(rest)
  return (english(century) + spoken, german(century) + "hundert" + (rest == 0 ? "" : german(rest)))
}

/// A small generator of random numbers (Steele and others 2014), the same on every machine.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

let months = [
  ("January", "Januar"), ("February", "Februar"), ("March", "März"), ("April", "April"),
  ("May", "Mai"), ("June", "Juni"), ("July", "Juli"), ("August", "August"),
  ("September", "September"), ("October", "Oktober"), ("November", "November"),
  ("December", "Dezember"),
]

/// A random number or date in both languages.
func pair(_ random: inout SplitMix64) -> (english: String, german: String) {
  if Int.random(in: 0..<3, using: &random) == 0 {
    let month = Int.random(in: 0..<12, using: &random)
    let days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]
    let day = Int.random(in: 1...days, using: &random)
    let spoken = year(Int.random(in: 1100..<2100, using: &random))
    return (
      "the \(englishOrdinal(day)) of \(months[month].0), \(spoken.english)",
      "der \(germanOrdinal(day)) \(months[month].1) \(spoken.german)"
    )
  }
  let limit = [1_000, 10_000, 100_000, 1_000_000][Int.random(in: 0..<4, using: &random)]
  let n = Int.random(in: 0..<limit, using: &random)
  return (english(n), german(n))
}
