namespace UpcallActors.Odp.Text;

/// <summary>A flow or an action list that a person wrote cannot be understood.</summary>
public sealed class OdpTextException : FormatException
{
    /// <summary>Says what was expected at a position (from 0) of the text.</summary>
    public OdpTextException(string message, int position)
        : base($"{message} at position {position}") => Position = position;

    /// <summary>Says what is wrong with the text as a whole.</summary>
    public OdpTextException(string message)
        : base(message)
    {
    }

    /// <summary>An exception without a message.</summary>
    public OdpTextException()
    {
    }

    /// <summary>Wraps the cause.</summary>
    public OdpTextException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Where, in characters from 0.</summary>
    public int Position { get; }
}
