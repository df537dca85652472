"""One Terraform stack per file, in the order to apply them in."""

from stacks.access import AccessStack
from stacks.cluster import ClusterStack
from stacks.endpoints import EndpointsStack
from stacks.network import NetworkStack
from stacks.registry import RegistryStack
from stacks.workloads import WorkloadsStack

STACKS = (NetworkStack, EndpointsStack, RegistryStack, ClusterStack, AccessStack, WorkloadsStack)
