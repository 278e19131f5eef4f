using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.Daemon.Configuration.Hocon;

/// <summary>A text is not HOCON, or uses what is not supported.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Without a line there is nothing to say.")]
internal sealed class HoconSyntaxException : Exception
{
    /// <summary>Makes one for a line, counted from 1.</summary>
    public HoconSyntaxException(int line, string message)
        : base(message) => Line = line;

    /// <summary>The line, from 1.</summary>
    public int Line { get; }
}
