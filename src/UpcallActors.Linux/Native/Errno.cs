namespace UpcallActors.Linux;

/// <summary>
/// Error numbers of Linux on x86-64 and arm64, from <c>include/uapi/asm-generic/errno-base.h</c> and <c>errno.h</c>: those that this
/// project's requests meet. The kernel may answer with a number that has no name here.
/// </summary>
public enum Errno
{
    /// <summary>Success.</summary>
    None = 0,

    /// <summary><c>EPERM</c>: a privilege is missing.</summary>
    NotPermitted = 1,

    /// <summary><c>ENOENT</c>: no such object.</summary>
    NoEntry = 2,

    /// <summary><c>EINTR</c>: a signal came first; in a dump, the table changed meanwhile.</summary>
    Interrupted = 4,

    /// <summary><c>EIO</c>: an answer cannot be understood.</summary>
    InputOutput = 5,

    /// <summary><c>E2BIG</c>: longer than what it is for.</summary>
    ArgumentListTooLong = 7,

    /// <summary><c>EBADF</c>: the descriptor is closed.</summary>
    BadDescriptor = 9,

    /// <summary><c>EAGAIN</c>: nothing without waiting.</summary>
    TryAgain = 11,

    /// <summary><c>ENOMEM</c>.</summary>
    NoMemory = 12,

    /// <summary><c>EACCES</c>.</summary>
    AccessDenied = 13,

    /// <summary><c>EBUSY</c>.</summary>
    Busy = 16,

    /// <summary><c>EEXIST</c>.</summary>
    Exists = 17,

    /// <summary><c>ENODEV</c>: no such datapath or device.</summary>
    NoDevice = 19,

    /// <summary><c>ENOTDIR</c>: what a path goes through is no directory.</summary>
    NotDirectory = 20,

    /// <summary><c>EINVAL</c>.</summary>
    Invalid = 22,

    /// <summary><c>EMFILE</c>: no descriptor left in this process.</summary>
    TooManyFiles = 24,

    /// <summary><c>EFBIG</c>.</summary>
    TooBig = 27,

    /// <summary><c>ENOSPC</c>.</summary>
    NoSpace = 28,

    /// <summary><c>EPIPE</c>: there is no reader any more.</summary>
    BrokenPipe = 32,

    /// <summary><c>ERANGE</c>.</summary>
    Range = 34,

    /// <summary><c>ELOOP</c>: a symbolic link where none is followed.</summary>
    Loop = 40,

    /// <summary><c>EOVERFLOW</c>.</summary>
    Overflow = 75,

    /// <summary><c>EMSGSIZE</c>: longer than the send buffer, or than the buffer to receive into.</summary>
    MessageSize = 90,

    /// <summary><c>EPROTONOSUPPORT</c>.</summary>
    ProtocolNotSupported = 93,

    /// <summary><c>EOPNOTSUPP</c>.</summary>
    NotSupported = 95,

    /// <summary><c>EAFNOSUPPORT</c>: the kernel has no such family of addresses.</summary>
    AddressFamilyNotSupported = 97,

    /// <summary><c>EADDRINUSE</c>.</summary>
    AddressInUse = 98,

    /// <summary><c>ENETDOWN</c>.</summary>
    NetworkDown = 100,

    /// <summary><c>ENOBUFS</c>: the receive queue overflowed.</summary>
    NoBuffers = 105,

    /// <summary><c>ETIMEDOUT</c>: no answer came.</summary>
    TimedOut = 110,

    /// <summary><c>ECONNREFUSED</c>: no socket has that port id.</summary>
    ConnectionRefused = 111,
}
