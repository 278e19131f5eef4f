namespace UpcallActors.Embedded;

/// <summary>Error numbers that the datapath answers with, from <c>include/uapi/asm-generic/errno*.h</c>.</summary>
internal static class RequestErrno
{
    public const int NoEntry = 2;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int NoDevice = 19;
    public const int Invalid = 22;
    public const int NoSpace = 28;
    public const int Range = 34;
    public const int Overflow = 75;
    public const int MessageSize = 90;
    public const int NotSupported = 95;
    public const int NetworkDown = 100;
}
