using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.Unixctl;

/// <summary>The run directory cannot be used; the message says why, to people.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Without a reason there is nothing to say.")]
public sealed class RunDirectoryException(string message, Exception? cause = null) : Exception(message, cause);
