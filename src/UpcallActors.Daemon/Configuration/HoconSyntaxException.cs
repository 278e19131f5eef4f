namespace UpcallActors.Daemon.Configuration;

/// <summary>A text is not HOCON, or uses what is not supported.</summary>
internal sealed class HoconSyntaxException : Exception
{
    /// <summary>Makes one for a line, counted from 1.</summary>
    public HoconSyntaxException(int line, string message)
        : base(message) => Line = line;

    /// <summary>The line, from 1.</summary>
    public int Line { get; }
}
