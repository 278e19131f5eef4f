namespace UpcallActors.Kernel.Tests;

public sealed class KernelDatapathOptionsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a-name-that-is-16")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    [InlineData("naïve")]
    public void A_name_that_no_device_can_have_is_refused(string name) =>
        Should.Throw<ArgumentException>(() => KernelDatapath.Open(new KernelDatapathOptions { Name = name }));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(KernelDatapathOptions.MaximumHandlers + 1)]
    public void So_is_a_number_of_handlers_out_of_bounds(int handlers) =>
        Should.Throw<ArgumentException>(() => KernelDatapath.Open(new KernelDatapathOptions { HandlerCount = handlers }));

    [Fact]
    public void So_are_buffers_that_hold_no_message()
    {
        Should.Throw<ArgumentException>(() => KernelDatapath.Open(new KernelDatapathOptions { ReceiveBufferBytes = 100 }));
        Should.Throw<ArgumentException>(() => KernelDatapath.Open(new KernelDatapathOptions { SendBufferBytes = 100 }));
    }
}
