using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.Daemon.Control;

/// <summary>The run directory cannot be used; the message says why, to people.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Without a reason there is nothing to say.")]
internal sealed class RunDirectoryException(string message, Exception? cause = null) : Exception(message, cause);
