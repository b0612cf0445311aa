/// The colors of charts, legible on white.
enum Palette {
  /// Colors of lines; the first is for what the others are compared with.
  static let lines = [
    "#33415c", "#8d99ae", "#1f9e89", "#e08e0b", "#7b5ea7", "#d1495b", "#2f6fb5", "#6aa9d8",
    "#b5548f", "#8a5a2b",
  ]
  /// The color of texts beside the data.
  static let ink = "#3d4655"
  /// The color of quiet texts.
  static let quiet = "#7a8494"
  /// The color of grid lines.
  static let grid = "#e6e9ef"

  /// The color of a place.
  static func line(_ place: Int) -> String { lines[place % lines.count] }
}
