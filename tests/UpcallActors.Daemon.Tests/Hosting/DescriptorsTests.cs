using System.ComponentModel;
using System.Net.Sockets;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Tests.Hosting;

/// <summary>A lack of descriptors is called by its name, whoever meets it.</summary>
public sealed class DescriptorsTests
{
    private const int TooManyOpenFiles = 24;

    public static TheoryData<Exception> Lacks =>
    [
        new DatapathException("datapath dp", new Win32Exception(TooManyOpenFiles)),
        new SocketException((int)SocketError.TooManyOpenSockets),
        new InvalidOperationException("outer", new IOException("inner", TooManyOpenFiles)),
    ];

    [Theory]
    [MemberData(nameof(Lacks))]
    public void It_is(Exception failure) => Descriptors.Describe(failure).ShouldNotBeNull().ShouldStartWith("EMFILE: ");

    [Fact]
    public void Other_failures_are_none() => Descriptors.Describe(new IOException("no such file", 2)).ShouldBeNull();
}
