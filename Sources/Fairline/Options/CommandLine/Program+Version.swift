extension Program {
  /// The version of Fairline, which checkpoints name.
  public static let fairlineVersion = "0.1.0"
}
