using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.Unixctl;

/// <summary>No daemon answers, or it refuses; the message is for who typed the command.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Without a reason there is nothing to say.")]
public sealed class DaemonClientException(string message, Exception? reason = null) : Exception(message, reason);
