using UpcallActors.Embedded;
using UpcallActors.Kernel;
using UpcallActors.Odp;

namespace UpcallActors.Switch.Tests.Datapaths;

/// <summary>Opening a datapath of a kind.</summary>
public sealed class OpenedDatapathTests
{
    private static readonly DatapathChoice Choice = new(
        DatapathKind.Embedded, new KernelDatapathOptions { Name = "kernel-dp" }, new EmbeddedDatapathOptions { Name = "embedded-dp" });

    private readonly LogLines _log = new();

    [Fact]
    public void The_embedded_datapath_is_the_one_that_is_asked_for()
    {
        using var opened = OpenedDatapath.Open(Choice, _log);
        opened.Datapath.ShouldBeOfType<EmbeddedDatapath>().Name.ShouldBe("embedded-dp");
        opened.Ports.ShouldNotBeNull();
        opened.Delete();
        _log.All.ShouldBeEmpty();
    }

    [Fact]
    public void A_kernel_that_cannot_be_had_is_an_error_or_with_auto_a_reason_for_the_embedded_one()
    {
        if (KernelAvailability.Find().IsAvailable)
            return;
        Should.Throw<DatapathException>(() => OpenedDatapath.Open(Choice with { Kind = DatapathKind.Kernel }, _log));
        using var opened = OpenedDatapath.Open(Choice with { Kind = DatapathKind.Auto }, _log);
        opened.Datapath.ShouldBeOfType<EmbeddedDatapath>();
        _log.All.ShouldHaveSingleItem().ShouldStartWith("Information: Datapath type auto: embedded, because ");
    }

    [Fact]
    public void A_datapath_whose_ports_cannot_be_had_is_closed()
    {
        var datapath = new ClosedDatapath(new EmbeddedDatapath(new EmbeddedDatapathOptions()));
        Should.Throw<DatapathException>(() => OpenedDatapath.With(datapath, () => throw new DatapathException("no ports")));
        datapath.IsClosed.ShouldBeTrue();
    }

    private sealed class ClosedDatapath(IDatapath inner) : DatapathDecorator(inner), IDatapath
    {
        public bool IsClosed { get; private set; }

        void IDisposable.Dispose()
        {
            IsClosed = true;
            Dispose();
        }
    }
}
