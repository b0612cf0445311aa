/// Time for measuring: seconds from an arbitrary origin, never going back.
public enum Seconds {
  private static let origin = ContinuousClock.now

  /// The present moment.
  public static func now() -> Double { (ContinuousClock.now - origin) / .seconds(1) }
}
