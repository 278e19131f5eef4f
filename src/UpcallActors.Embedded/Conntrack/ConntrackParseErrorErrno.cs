namespace UpcallActors.Embedded;

/// <summary>The errno with which the kernel refuses a <c>ct</c> action.</summary>
public static class ConntrackParseErrorErrno
{
    private const int InvalidArgument = 22;
    private const int Range = 34;

    /// <summary>0, EINVAL or ERANGE.</summary>
    public static int Errno(this ConntrackParseError error) => error switch
    {
        ConntrackParseError.None => 0,
        ConntrackParseError.NatTypeTwice => Range,
        _ => InvalidArgument,
    };
}
