/// Settings.
public protocol Configuration: Codable, Sendable { init() }
