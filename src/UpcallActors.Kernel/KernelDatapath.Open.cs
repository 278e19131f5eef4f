using System.ComponentModel;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <content>Opening.</content>
public sealed partial class KernelDatapath
{
    /// <summary>
    /// Opens the datapath of the given name, or makes it, and lets its upcalls come to us. Throws <see cref="DatapathException"/>
    /// with the reason: the kernel has no such module, a privilege is missing (<see cref="KernelAvailability.Find"/> tells of
    /// both beforehand), or its upcalls go to a live process. Nothing of a datapath that is refused has been changed.
    /// </summary>
    public static KernelDatapath Open(KernelDatapathOptions options)
    {
        options.Validate();
        Opened? opened = null;
        try
        {
            opened = new Opened();
            opened.Find(options);
            opened.Listen(options);
            opened.Register(options);
            var datapath = new KernelDatapath(options, opened);
            opened = null;
            return datapath;
        }
        catch (Win32Exception refused)
        {
            throw new DatapathException($"datapath {options.Name}: {refused.Message}", refused);
        }
        finally
        {
            opened?.Dispose();
        }
    }

    /// <summary>What opening has come to so far; disposed unless all of it succeeds.</summary>
    private sealed class Opened : IDisposable
    {
        /// <summary>
        /// Before the handlers' sockets: the first socket of a process gets the process id as port id. In a container that is the same in
        /// each run, and the port id of an earlier run must not be mistaken for a live socket.
        /// </summary>
        public NetlinkConversation Generic { get; } = new(NetlinkProtocol.Generic);

        public DatapathRequests Datapaths { get; private set; } = null!;

        public VportRequests? Vports { get; private set; }

        public OvsKernelFamilies Families { get; private set; } = null!;

        public HandlerSocket[] Handlers { get; private set; } = [];

        public UpcallRegistration? Registration { get; private set; }

        public OvsDatapathFeatures Features { get; private set; }

        public int IfIndex { get; private set; }

        /// <summary>What the datapath had lost before upcalls came to us.</summary>
        public ulong Lost { get; private set; }

        /// <summary>Finds the datapath or makes it, and agrees on its features.</summary>
        public void Find(KernelDatapathOptions options)
        {
            NetlinkResult result = OvsKernelFamilies.TryResolve(Generic, out OvsKernelFamilies? families);
            if (families is null)
                throw Failure(options, "the kernel has no Open vSwitch datapath (modprobe openvswitch)", result);
            Families = families;
            Datapaths = new DatapathRequests(Generic, families.Ids.Datapath);
            result = Datapaths.Get(options.Name, out DatapathMessage? datapath);
            bool isNew = result.Error == Errno.NoDevice;
            if (datapath is null && !isNew)
                throw Failure(options, "cannot read it", result);
            if (datapath is not null)
                RefuseInUse(options, datapath);
            result = FeatureNegotiation.Negotiate(
                features => isNew ? Datapaths.Create(options.Name, features) : Datapaths.Set(options.Name, features),
                options.ForcePerVportDispatch, out OvsDatapathFeatures agreed);
            if (!result.Succeeded)
                throw Failure(options, result.Error == Errno.NotPermitted ? "the capability CAP_NET_ADMIN is missing"
                    : isNew ? "cannot make it"
                    : "cannot agree on its features", result);
            Features = FeatureNegotiation.TryAddTcSharing(features => Datapaths.Set(options.Name, features), agreed);
            result = Datapaths.Get(options.Name, out datapath);
            IfIndex = datapath?.IfIndex ?? throw Failure(options, "it has gone", result);
        }

        public void Listen(KernelDatapathOptions options)
        {
            var handlers = new List<HandlerSocket>();
            try
            {
                for (int handler = 0; handler < options.HandlerCount; handler++)
                    handlers.Add(new HandlerSocket(options.ReceiveBufferBytes));
            }
            finally
            {
                Handlers = [.. handlers];
            }
        }

        public void Register(KernelDatapathOptions options)
        {
            Vports ??= new VportRequests(Families.Ids.Vport, IfIndex);
            Registration = new UpcallRegistration(
                Datapaths, Vports, options.Name, Features, [.. Handlers.Select(handler => handler.PortId)], CpuList.PossibleCount());
            NetlinkResult result = Registration.Register();
            if (!result.Succeeded)
                throw Failure(options, "cannot receive its upcalls", result);
            result = Datapaths.Get(options.Name, out DatapathMessage? datapath);
            Lost = datapath?.Stats?.Lost ?? throw Failure(options, "it has gone", result);
        }

        public void Dispose()
        {
            foreach (HandlerSocket handler in Handlers)
                handler.Dispose();
            Vports?.Dispose();
            Generic.Dispose();
        }

        private static DatapathException Failure(KernelDatapathOptions options, string what, NetlinkResult result) =>
            new($"datapath {options.Name}: {what}: {result}", result.Error);

        private void RefuseInUse(KernelDatapathOptions options, DatapathMessage datapath)
        {
            if (options.TakeOver)
                return;
            using var vports = new VportRequests(Families.Ids.Vport, datapath.IfIndex);
            if (UpcallOwner.Find(UpcallRegistration.CurrentPids(datapath, vports)) is { } owner)
                throw new DatapathException($"datapath {options.Name} is in use: its upcalls go "
                    + $"to {owner}. Stop that, or take the datapath over (take-over = true)");
        }
    }
}
